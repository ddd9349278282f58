#!/bin/sh
DRUPAL_HASH_SALT=$(cat /opt/contract/site/salt)
export DRUPAL_HASH_SALT
exec php "$CONTRACT_DRUSH" --uri=http://127.0.0.1 --root="$CONTRACT_DOCROOT" --no-ansi -y "$@"
