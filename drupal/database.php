<?php

/**
 * @file
 * Examines the database that a user gave for a throw-away site, and empties it again. Runs without Drupal.
 *
 * php database.php examine: a JSON object of what the database contains, by kind.
 * php database.php empty KEPT: drops everything but the routines and extensions in KEPT, the answer of `examine` before the site was
 * installed. The environment variables are those of settings.php.
 */

final class ContractDatabase {

  /** Seconds to wait for a process of the site that was just killed. */
  private const PATIENCE = 20;

  private function __construct(private readonly \PDO $connection, private readonly bool $isMysql) {}

  public static function open(): self {
    $driver = getenv('DRUPAL_DATABASE_DRIVER');
    $parts = ['host' => 'HOST', 'port' => 'PORT', 'dbname' => 'NAME'];
    $place = implode(';', array_map(static fn ($key, $name) => "$key=" . getenv("DRUPAL_DATABASE_$name"), array_keys($parts), $parts));
    $connection = new \PDO("$driver:$place", getenv('DRUPAL_DATABASE_USER'), (string) getenv('DRUPAL_DATABASE_PASSWORD'), [\PDO::ATTR_TIMEOUT => 10, \PDO::ATTR_ERRMODE => \PDO::ERRMODE_EXCEPTION]);
    return new self($connection, $driver === 'mysql');
  }

  public function examine(): array {
    return ['tables' => array_keys($this->tables(TRUE)), 'routines' => $this->routines(), 'extensions' => $this->extensions()];
  }

  /** A statement of a process that was killed may still be at work, so that a table appears after all others are gone. */
  public function empty(array $kept): void {
    $this->connection->exec($this->isMysql ? 'SET SESSION lock_wait_timeout = ' . self::PATIENCE . ', SESSION foreign_key_checks = 0' : "SET lock_timeout = '" . self::PATIENCE . "s'");
    for ($quiet = 0, $end = time() + self::PATIENCE; $quiet < 2 && time() <= $end; usleep(100000)) {
      $drops = array_values($this->tables(FALSE));
      foreach (array_diff($this->routines(), $kept['routines']) as $routine) {
        $drops[] = "DROP FUNCTION IF EXISTS $routine";
      }
      foreach (array_diff($this->extensions(), $kept['extensions']) as $extension) {
        $drops[] = 'DROP EXTENSION IF EXISTS ' . $this->quote($extension);
      }
      foreach ($drops as $drop) {
        $this->connection->exec($drop);
      }
      $quiet = $drops === [] ? $quiet + 1 : 0;
    }
  }

  /**
   * By name, how to drop each. What belongs to an extension of PostgreSQL does not count.
   *
   * @param bool $everywhere Also in schemas of PostgreSQL that no site would use.
   */
  private function tables(bool $everywhere): array {
    $schemas = $everywhere ? "n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'" : 'n.nspname = current_schema()';
    $sql = $this->isMysql
      ? "SELECT table_name, IF(table_type = 'VIEW', 'VIEW', 'TABLE') FROM information_schema.tables WHERE table_schema = DATABASE()"
      : "SELECT c.relname, CASE c.relkind WHEN 'v' THEN 'VIEW' WHEN 'm' THEN 'MATERIALIZED VIEW' WHEN 'f' THEN 'FOREIGN TABLE' WHEN 'S' THEN 'SEQUENCE' ELSE 'TABLE' END
        FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f', 'S') AND $schemas
          AND NOT EXISTS (SELECT 1 FROM pg_depend d WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype IN ('e', 'a', 'i'))";
    $drops = [];
    foreach ($this->connection->query($sql, \PDO::FETCH_NUM) as [$name, $kind]) {
      $drops[$name] = "DROP $kind IF EXISTS " . $this->quote($name) . ($this->isMysql ? '' : ' CASCADE');
    }
    return $drops;
  }

  /** Drupal defines some in PostgreSQL; each with the types of its arguments, as it is dropped. */
  private function routines(): array {
    return $this->isMysql ? [] : $this->column("SELECT p.oid::regprocedure FROM pg_proc p WHERE p.pronamespace = current_schema()::regnamespace
      AND NOT EXISTS (SELECT 1 FROM pg_depend d WHERE d.classid = 'pg_proc'::regclass AND d.objid = p.oid AND d.deptype = 'e')");
  }

  private function extensions(): array {
    return $this->isMysql ? [] : $this->column('SELECT extname FROM pg_extension');
  }

  private function column(string $sql): array {
    return $this->connection->query($sql)->fetchAll(\PDO::FETCH_COLUMN);
  }

  private function quote(string $name): string {
    $mark = $this->isMysql ? '`' : '"';
    return $mark . str_replace($mark, $mark . $mark, $name) . $mark;
  }

}

try {
  $database = ContractDatabase::open();
  if ($argv[1] === 'empty') {
    $database->empty(json_decode($argv[2], TRUE));
  }
  echo json_encode($database->examine());
}
catch (\PDOException $error) {
  // The exception's trace may show the password.
  fwrite(STDERR, $error->getMessage());
  exit(1);
}
