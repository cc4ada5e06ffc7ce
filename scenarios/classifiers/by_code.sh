#!/bin/sh
# Believes the code, in a shell without anything that reads JSON: the keys of a request stand in the schema's order.
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
