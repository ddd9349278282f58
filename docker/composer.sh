#!/bin/sh
# Downloads Drupal and the modules, in the versions of the build arguments, into code/.
set -eu
# What Composer keeps for a next time would stay in the image.
COMPOSER_CACHE_DIR=$(mktemp -d)
trap 'rm -rf "$COMPOSER_CACHE_DIR"' EXIT
export COMPOSER_CACHE_DIR COMPOSER_ALLOW_SUPERUSER=1 COMPOSER_NO_INTERACTION=1
if [ -n "$ALLOW_ADVISORIES" ]; then
  echo 'WARNING: versions with security advisories are allowed; use this image for tests only' >&2
  # The first name belongs to Composer 2.9 and later releases deprecate it.
  export COMPOSER_NO_SECURITY_BLOCKING=1 COMPOSER_NO_BLOCKING=1
fi
composer create-project --no-install "drupal/recommended-project:$DRUPAL" code
cd code
# The project template requires its own minor version or a later one; these are the requested versions.
composer require --no-progress --update-with-all-dependencies \
  "drupal/core-recommended:$DRUPAL" "drupal/core-composer-scaffold:$DRUPAL" "drupal/core-project-message:$DRUPAL" \
  "drupal/simple_oauth:$SIMPLE_OAUTH" "drupal/consumers:$CONSUMERS" "drush/drush:$DRUSH"
