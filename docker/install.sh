#!/bin/sh
# Installs the site, as root: on SQLite while an image is built, or on a database in another container.
set -eu
cd /opt/contract

# site:install rewrites a settings.php that it can write to.
place_settings() { cp settings.php "$CONTRACT_DOCROOT/sites/default/settings.php"; }

mkdir -p "$CONTRACT_DOCROOT/sites/default" site/db site/files
cp drush.sh /usr/local/bin/drush && chmod 755 /usr/local/bin/drush
# updatedb starts drush again, by the programs that Composer made; those of a copied codebase cannot be run.
for program in "${CONTRACT_DRUSH%/drush/drush/drush.php}"/bin/drush* "${CONTRACT_DRUSH%.php}" "$CONTRACT_DRUSH"; do
  [ ! -f "$program" ] || chmod 755 "$program"
done
[ -f "$CONTRACT_DOCROOT/.ht.router.php" ] || cp "$CONTRACT_DOCROOT/core/assets/scaffold/files/ht.router.php" "$CONTRACT_DOCROOT/.ht.router.php"
[ -f site/salt ] || php -r 'echo bin2hex(random_bytes(32));' >site/salt
place_settings
if [ -n "${INSTALL_ON:-}${DRUPAL_DATABASE_DRIVER:-}" ]; then
  if [ -f config/core.extension.yml ]; then
    DRUPAL_CONFIG_SYNC=/opt/contract/config drush site:install --existing-config
  else
    # NULL: the module that asks drupal.org for updates stays off.
    drush site:install minimal --site-name=Contract install_configure_form.enable_update_status_module=NULL
  fi
  place_settings
fi
chown -R www-data:www-data site
