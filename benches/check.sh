#!/usr/bin/env bash
# How fast `pm2sync check` is, beside `git grep -n` for the same words: on a tree
# of 100,000 tracked files with 5,000 documents, and on ten ecosystems alone.
#
#   cargo build --release && benches/check.sh [FOLDER]
#
# Needs git, python3 and hyperfine. FOLDER keeps the trees for another run.
set -euo pipefail
pm2sync=$(cd "$(dirname "$0")/.." && pwd)/target/release/pm2sync
folder=${1:-$(mktemp -d)}
[ -n "${1-}" ] || trap 'rm -rf "$folder"' EXIT
unset CI GITHUB_ACTIONS GITHUB_STEP_SUMMARY

if [ ! -d "$folder/large/.git" ]; then
    mkdir -p "$folder/large" "$folder/small"
    python3 - "$folder" <<'PYTHON'
import os, random, sys
random.seed(1)
letters = "etaoinshrdlucmfwypvbgkjqxz"
words = ["".join(random.choices(letters, range(26, 0, -1), k=random.randint(2, 9))) for _ in range(5000)]
def prose(lines):
    return "".join(" ".join(random.choices(words, k=12)) + "\n" for _ in range(lines))
def write(path, text):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w") as file:
        file.write(text)
def ecosystems(root):
    write(f"{root}/.gitignore", ".clobber/\n")
    for at in range(10):
        apps = "".join(
            f'(defapp "app-{at}-{app}"\n  {{:script "pkg0/f{app}.js"\n   :exec_mode "fork"\n   :max_restarts 5\n'
            f'   :env {{:NODE_ENV "production" :PORT (env-var "PORT_{app}" "30{app}0")}}}})\n' for app in range(5))
        write(f"{root}/ecosystems/e{at}.cljs",
              f"(ns e{at}\n  (:require [clobber.macro :refer [defapp env-var]]))\n\n{apps}")
    for app in range(5):
        write(f"{root}/pkg0/f{app}.js", "")
large, small = f"{sys.argv[1]}/large", f"{sys.argv[1]}/small"
ecosystems(large)
ecosystems(small)
for at in range(5000):
    legacy = "Run pm2-clj, see ecosystem.pm2.edn.\n" if at % 500 == 0 else ""
    write(f"{large}/docs{at % 500}/d{at}.md", prose(60) + legacy)
for at in range(95000):
    write(f"{large}/pkg{at % 500}/f{at}.js", f"export const x{at} = {random.random()};\n")
PYTHON
    for tree in large small; do
        git -C "$folder/$tree" init -q
        git -C "$folder/$tree" add -A
        git -C "$folder/$tree" -c maintenance.auto=false -c gc.auto=0 -c user.name=b -c user.email=b@example.org commit -qm "made for a measurement"
        git -C "$folder/$tree" gc -q
    done
fi

words=(-e pm2-clj -e ecosystem.pm2.edn)
cd "$folder/large"
echo "$(git ls-files | wc -l) files, $(git ls-files '*.md' | wc -l) documents"
hyperfine -N -i -w 3 -r 20 \
    "$pm2sync check" \
    "git grep -n ${words[*]}" \
    "git grep -n --cached ${words[*]} -- *.md" \
    "git grep -n ${words[*]} -- *.md"
cd "$folder/small"
hyperfine -N -w 3 -r 50 "$pm2sync check"
