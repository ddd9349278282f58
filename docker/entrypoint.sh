#!/bin/sh
# Drupal must run with the docroot as working directory. -q: requests are not logged, because their URLs contain codes; without
# the file error_log, it would silence errors as well.
set -eu
cd "$CONTRACT_DOCROOT"
export PHP_CLI_SERVER_WORKERS="${PHP_CLI_SERVER_WORKERS:-4}"
DRUPAL_HASH_SALT=$(cat /opt/contract/site/salt)
export DRUPAL_HASH_SALT
exec php -q -d display_errors=0 -d log_errors=1 -d error_log=/dev/stderr -d sendmail_path=true -S 0.0.0.0:8080 .ht.router.php
