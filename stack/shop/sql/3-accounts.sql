-- Who may do what. Both accounts are unusable until the image's entrypoint
-- gives them this run's passwords.

-- MySQL and MariaDB share no other way to make an account that nobody can
-- enter: a password that nobody knows.
SET @nobody = CONCAT('CREATE USER ''shop''@''%'' IDENTIFIED BY ''', SHA2(CONCAT(RAND(), UUID(), NOW(6)), 512), '''');
PREPARE statement FROM @nobody;
EXECUTE statement;
SET @nobody = CONCAT('CREATE USER ''probe''@''%'' IDENTIFIED BY ''', SHA2(CONCAT(RAND(), UUID(), NOW(6)), 512), '''');
PREPARE statement FROM @nobody;
EXECUTE statement;
DEALLOCATE PREPARE statement;

GRANT SELECT, INSERT, UPDATE, DELETE ON shop.* TO 'shop'@'%';

GRANT PROCESS ON *.* TO 'probe'@'%';
GRANT SELECT ON shop.* TO 'probe'@'%';
GRANT SELECT ON performance_schema.* TO 'probe'@'%';
