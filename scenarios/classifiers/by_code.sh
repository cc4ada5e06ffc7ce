#!/bin/sh
# Believes the reply code. A plain shell cannot parse JSON, so this relies on the keys in the order of the schema.
#
#     fivefifty run SCENARIO --classifier "program:sh scenarios/classifiers/by_code.sh"
while IFS= read -r line; do
    case $line in '{"schema":1,"end":'*) continue ;; esac
    who=${line#'{"schema":1,'}
    who=${who%%,'"bounced":'*}
    case $line in
    *'"bounced":true,"heard":{"code":550,'*) cause='"user-unknown"' ;;
    *'"bounced":true,"heard":{"code":552,'*) cause='"mailbox-full"' ;;
    *) cause=null ;;
    esac
    printf '{%s,"cause":%s}\n' "$who" "$cause"
done
