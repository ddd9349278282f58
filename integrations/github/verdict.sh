#!/usr/bin/env bash
# The result of the step, once everything is uploaded.
set -euo pipefail
code=$EXIT_CODE
# A baseline cannot excuse that there is no verdict.
if [ "$code" != 2 ]; then
  case $INPUT_FAIL_ON in
    never) code=0 ;;
    failure | change) [ "$FIRST" = false ] || code=0 ;;
    *)
      echo "::error title=fail-on::\"$INPUT_FAIL_ON\" is not a valid value of fail-on. Valid values: failure, change, never."
      exit 2
      ;;
  esac
  if [ "$INPUT_FAIL_ON" = change ] && [ "$COMPARISON" = 1 ]; then
    echo '::error title=A change that breaks clients::See the comparison in the job summary. For changes that are meant, commit the file that simple-oauth-contract compare --write-accept writes.'
    code=1
  fi
fi
exit "$code"
