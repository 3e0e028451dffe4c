# >>> pm2sync @VERSION@ @EVENT@ @KIND@ >>>
# Keeps PM2 equal to the definitions in git. `pm2sync install-hooks` wrote this and
# `pm2sync uninstall-hooks` takes it out; what stands between the marks is not edited.
pm2sync=@BINARY@
[ -x "$pm2sync" ] || pm2sync=$(command -v pm2sync) || pm2sync=
if [ -n "$pm2sync" ]; then
    PM2SYNC_PATH=@PATH@ "$pm2sync" hook @EVENT@ "$@" </dev/null || @ELSE@
elif [ "${PM2SYNC-}" != 0 ]; then
    echo 'pm2sync: the program is gone, so nothing was done; install it again, or remove this hook' >&2
fi
# <<< pm2sync <<<
