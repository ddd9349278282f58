<?php

/**
 * @file
 * Settings of a throw-away Drupal site installed by simple-oauth-contract.
 *
 * Environment variables contain everything that differs between two sites on the same code:
 * - DRUPAL_SQLITE: the database file.
 * - DRUPAL_DATABASE_DRIVER: mysql or pgsql instead of SQLite; then DRUPAL_DATABASE_HOST and DRUPAL_DATABASE_PASSWORD, and optionally
 *   DRUPAL_DATABASE_PORT, and DRUPAL_DATABASE_USER and DRUPAL_DATABASE_NAME instead of "contract".
 * - DRUPAL_FILES, DRUPAL_TEMP: folders the web server may write to, outside the docroot.
 * - DRUPAL_KEYS: the folder with the key pair of Simple OAuth.
 * - DRUPAL_HASH_SALT: at least 32 characters; Simple OAuth encrypts codes and refresh tokens with it.
 * - DRUPAL_CONFIG_SYNC: optional; exported configuration to install.
 */

(static function () use (&$databases, &$settings, &$config): void {
  $required = static function (string $name): string {
    $value = getenv($name);
    if ($value === FALSE || $value === '') {
      throw new \RuntimeException("The environment variable $name is not set; this settings.php belongs to simple-oauth-contract.");
    }
    return $value;
  };
  $files = $required('DRUPAL_FILES');
  $keys = $required('DRUPAL_KEYS');

  $driver = getenv('DRUPAL_DATABASE_DRIVER') ?: 'sqlite';
  $connection = [
    'driver' => $driver,
    'namespace' => "Drupal\\$driver\\Driver\\Database\\$driver",
    'autoload' => "core/modules/$driver/src/Driver/Database/$driver/",
    'prefix' => '',
  ] + ($driver === 'sqlite' ? ['database' => $required('DRUPAL_SQLITE')] : [
    'host' => $required('DRUPAL_DATABASE_HOST'),
    'database' => getenv('DRUPAL_DATABASE_NAME') ?: 'contract',
    'username' => getenv('DRUPAL_DATABASE_USER') ?: 'contract',
    // Empty where the server trusts the user.
    'password' => (string) getenv('DRUPAL_DATABASE_PASSWORD'),
  ] + array_filter(['port' => getenv('DRUPAL_DATABASE_PORT')]));
  if ($driver === 'mysql') {
    // Drupal's recommendation for MySQL and MariaDB.
    $connection['init_commands']['isolation_level'] = 'SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED';
  }
  $databases['default']['default'] = $connection;
  $settings['hash_salt'] = $required('DRUPAL_HASH_SALT');
  $settings['config_sync_directory'] = getenv('DRUPAL_CONFIG_SYNC') ?: "$files/sync";
  $settings['file_public_path'] = "$files/public";
  // Otherwise pages would use that folder as a host name and load their styles from it.
  $settings['file_public_base_url'] = 'http://' . ($_SERVER['HTTP_HOST'] ?? '127.0.0.1') . '/sites/default/files';
  $settings['file_private_path'] = "$files/private";
  $settings['file_temp_path'] = $required('DRUPAL_TEMP');
  // The default storage checks modification times, which change when a folder is copied.
  $settings['php_storage']['twig'] = ['class' => 'Drupal\\Component\\PhpStorage\\FileStorage', 'directory' => "$files/php"];
  // Without it, any Host header determines `iss`.
  $settings['trusted_host_patterns'] = ['^127\\.0\\.0\\.1$', '^localhost$'];
  $settings['update_free_access'] = FALSE;
  $settings['skip_permissions_hardening'] = TRUE;
  $settings['rebuild_access'] = FALSE;

  // The path of the key files differs in every run, so the stored configuration cannot contain it.
  $config['simple_oauth.settings']['public_key'] = "$keys/contract_public.key";
  $config['simple_oauth.settings']['private_key'] = "$keys/contract_private.key";

  // The suite logs in more often than a person. Nothing leaves the machine: no mail, no feeds, no cron.
  $config['user.flood'] = ['ip_limit' => 1000000, 'user_limit' => 1000000];
  $config['system.advisories']['enabled'] = FALSE;
  $config['update.settings']['fetch']['url'] = 'http://127.0.0.1:9';
  $config['locale.settings']['translation']['use_source'] = 'local';
  $config['locale.settings']['translation']['path'] = "$files/translations";
  $config['automated_cron.settings']['interval'] = 0;
  $config['system.mail']['interface'] = ['default' => 'test_mail_collector'];
})();
