-- The shop's tables and accounts, for MySQL and MariaDB alike. The collation
-- is named because the two engines have different defaults, and the same
-- search has to find the same products on both.

CREATE DATABASE shop CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci;
USE shop;

CREATE TABLE categories (
    id          SMALLINT UNSIGNED NOT NULL PRIMARY KEY,
    name        VARCHAR(60) NOT NULL,
    description VARCHAR(255) NOT NULL
) ENGINE = InnoDB;

-- Prices are whole cents: money does not round.
CREATE TABLE products (
    id            INT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
    category_id   SMALLINT UNSIGNED NOT NULL,
    name          VARCHAR(120) NOT NULL,
    description   VARCHAR(500) NOT NULL,
    price_cents   INT UNSIGNED NOT NULL,
    stock         INT UNSIGNED NOT NULL,
    featured_rank TINYINT UNSIGNED NULL,
    sales_rank    SMALLINT UNSIGNED NULL,
    created_at    DATETIME NOT NULL,
    KEY by_category (category_id, id),
    KEY by_age (created_at, id),
    KEY by_featured (featured_rank),
    KEY by_sales (sales_rank),
    CONSTRAINT product_category FOREIGN KEY (category_id) REFERENCES categories (id)
) ENGINE = InnoDB;

CREATE TABLE customers (
    id            INT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
    email         VARCHAR(190) NOT NULL,
    name          VARCHAR(100) NOT NULL,
    password_hash VARCHAR(255) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    created_at    DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP,
    UNIQUE KEY by_email (email)
) ENGINE = InnoDB;

CREATE TABLE carts (
    id          BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
    customer_id INT UNSIGNED NULL,
    created_at  DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP,
    KEY by_customer (customer_id),
    CONSTRAINT cart_customer FOREIGN KEY (customer_id) REFERENCES customers (id)
) ENGINE = InnoDB;

-- No foreign key to products: it would lock the product's row for every cart
-- that it is put into, and the checkout joins with products anyway.
CREATE TABLE cart_items (
    cart_id    BIGINT UNSIGNED NOT NULL,
    product_id INT UNSIGNED NOT NULL,
    quantity   SMALLINT UNSIGNED NOT NULL,
    PRIMARY KEY (cart_id, product_id),
    CONSTRAINT item_cart FOREIGN KEY (cart_id) REFERENCES carts (id) ON DELETE CASCADE
) ENGINE = InnoDB;

-- uuid is made by the client and is what keeps an order from being placed
-- twice. cart_id says which cart it came from, and so which session placed it;
-- carts come and go, so it is no foreign key.
CREATE TABLE orders (
    id          BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
    uuid        CHAR(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    customer_id INT UNSIGNED NULL,
    cart_id     BIGINT UNSIGNED NULL,
    name        VARCHAR(100) NOT NULL,
    email       VARCHAR(190) NOT NULL,
    address     VARCHAR(200) NOT NULL,
    city        VARCHAR(100) NOT NULL,
    postcode    VARCHAR(20) NOT NULL,
    total_cents INT UNSIGNED NOT NULL,
    created_at  DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3),
    UNIQUE KEY by_uuid (uuid),
    KEY by_customer (customer_id, id),
    CONSTRAINT order_customer FOREIGN KEY (customer_id) REFERENCES customers (id)
) ENGINE = InnoDB;

-- Name and price are copied: an order keeps what the shopper agreed to.
CREATE TABLE order_lines (
    order_id    BIGINT UNSIGNED NOT NULL,
    product_id  INT UNSIGNED NOT NULL,
    quantity    SMALLINT UNSIGNED NOT NULL,
    price_cents INT UNSIGNED NOT NULL,
    name        VARCHAR(120) NOT NULL,
    PRIMARY KEY (order_id, product_id),
    CONSTRAINT line_order FOREIGN KEY (order_id) REFERENCES orders (id)
) ENGINE = InnoDB;

-- The visitors' sessions, where several application servers share them. Each
-- page that begins or changes one writes its row; no page waits for another.
CREATE TABLE sessions (
    id      VARCHAR(128) CHARACTER SET ascii COLLATE ascii_bin NOT NULL PRIMARY KEY,
    data    VARCHAR(2000) NOT NULL,
    touched INT UNSIGNED NOT NULL,
    KEY by_age (touched)
) ENGINE = InnoDB;
