#!/bin/sh
# Importing a large exported configuration takes more memory than one request is allowed.
DRUPAL_HASH_SALT=$(cat /opt/contract/site/salt)
export DRUPAL_HASH_SALT
exec php -d memory_limit=-1 "$CONTRACT_DRUSH" --uri=http://127.0.0.1 --root="$CONTRACT_DOCROOT" --no-ansi -y "$@"
