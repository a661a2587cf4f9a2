-- The data set: the same rows on every build and on both engines. Whatever
-- looks random is CRC32 of a label and a number.

USE shop;
SET NAMES utf8mb4 COLLATE utf8mb4_unicode_ci;

CREATE TABLE seed_digits (d INT NOT NULL PRIMARY KEY) ENGINE = InnoDB;
INSERT INTO seed_digits (d) VALUES (0), (1), (2), (3), (4), (5), (6), (7), (8), (9);

-- 0 to 49 999. A recursive query would be shorter, but the two engines limit
-- its depth by settings with different names.
CREATE TABLE seed_numbers (n INT NOT NULL PRIMARY KEY) ENGINE = InnoDB;
INSERT INTO seed_numbers (n)
SELECT a.d * 10000 + b.d * 1000 + c.d * 100 + d.d * 10 + e.d AS n
FROM seed_digits a, seed_digits b, seed_digits c, seed_digits d, seed_digits e
WHERE a.d < 5
ORDER BY n;

CREATE TABLE seed_categories (
    id    SMALLINT UNSIGNED NOT NULL PRIMARY KEY,
    name  VARCHAR(60) NOT NULL,
    noun0 VARCHAR(30) NOT NULL,
    noun1 VARCHAR(30) NOT NULL,
    noun2 VARCHAR(30) NOT NULL,
    noun3 VARCHAR(30) NOT NULL
) ENGINE = InnoDB CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci;

CREATE TABLE seed_words (
    kind VARCHAR(10) NOT NULL,
    i    INT NOT NULL,
    word VARCHAR(60) NOT NULL,
    PRIMARY KEY (kind, i)
) ENGINE = InnoDB CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci;

INSERT INTO seed_categories (id, name, noun0, noun1, noun2, noun3) VALUES
    (1, 'Coffee', 'grinder', 'kettle', 'mug', 'percolator'),
    (2, 'Tea', 'teapot', 'infuser', 'caddy', 'teacup'),
    (3, 'Baking', 'rolling pin', 'whisk', 'cake tin', 'mixing bowl'),
    (4, 'Knives', 'chef knife', 'paring knife', 'sharpener', 'chopping board'),
    (5, 'Cookware', 'skillet', 'saucepan', 'casserole', 'wok'),
    (6, 'Tableware', 'dinner plate', 'soup bowl', 'platter', 'serving spoon'),
    (7, 'Glassware', 'tumbler', 'carafe', 'wine glass', 'decanter'),
    (8, 'Food storage', 'lunchbox', 'jar', 'bread bin', 'spice rack'),
    (9, 'Table linen', 'tablecloth', 'napkin', 'table runner', 'placemat'),
    (10, 'Kitchen textiles', 'apron', 'tea towel', 'oven glove', 'pot holder'),
    (11, 'Desk lamps', 'desk lamp', 'reading light', 'clamp lamp', 'task light'),
    (12, 'Floor lamps', 'floor lamp', 'uplighter', 'arc lamp', 'tripod lamp'),
    (13, 'Pendant lights', 'pendant', 'lampshade', 'chandelier', 'light bulb'),
    (14, 'Candles', 'candle', 'lantern', 'tealight', 'candlestick'),
    (15, 'Mirrors', 'wall mirror', 'vanity mirror', 'hand mirror', 'mirror tray'),
    (16, 'Clocks', 'wall clock', 'alarm clock', 'mantel clock', 'kitchen timer'),
    (17, 'Rugs', 'rug', 'runner', 'doormat', 'sheepskin'),
    (18, 'Cushions', 'cushion', 'bolster', 'pouffe', 'floor pillow'),
    (19, 'Throws', 'throw', 'blanket', 'quilt', 'bedspread'),
    (20, 'Bedding', 'pillowcase', 'duvet cover', 'fitted sheet', 'mattress topper'),
    (21, 'Towels', 'bath towel', 'hand towel', 'bath mat', 'washcloth'),
    (22, 'Bathroom', 'soap dish', 'toothbrush holder', 'shower caddy', 'laundry basket'),
    (23, 'Chairs', 'dining chair', 'armchair', 'rocking chair', 'stool'),
    (24, 'Tables', 'coffee table', 'side table', 'dining table', 'console'),
    (25, 'Shelving', 'bookcase', 'wall shelf', 'bookend', 'magazine rack'),
    (26, 'Storage boxes', 'storage box', 'basket', 'crate', 'drawer organiser'),
    (27, 'Hooks', 'coat hook', 'peg rail', 'hat stand', 'umbrella stand'),
    (28, 'Desks', 'writing desk', 'standing desk', 'desk mat', 'monitor riser'),
    (29, 'Stationery', 'notebook', 'fountain pen', 'pencil case', 'letter opener'),
    (30, 'Paper goods', 'wrapping paper', 'greeting card', 'calendar', 'sketchbook'),
    (31, 'Vases', 'vase', 'bud vase', 'pitcher', 'amphora'),
    (32, 'Plant pots', 'plant pot', 'planter', 'hanging basket', 'watering can'),
    (33, 'Garden tools', 'trowel', 'secateurs', 'hand fork', 'dibber'),
    (34, 'Garden living', 'deck chair', 'hammock', 'fire pit', 'parasol'),
    (35, 'Bird care', 'bird feeder', 'nest box', 'bird bath', 'seed scoop'),
    (36, 'Picnic', 'picnic basket', 'hamper', 'flask', 'picnic blanket'),
    (37, 'Camping', 'camp stove', 'tent', 'sleeping bag', 'headlamp'),
    (38, 'Hiking', 'backpack', 'trekking pole', 'water bottle', 'compass'),
    (39, 'Cycling', 'bicycle bell', 'pannier', 'saddle', 'repair kit'),
    (40, 'Bags', 'tote bag', 'satchel', 'weekender', 'messenger bag'),
    (41, 'Wallets', 'wallet', 'card holder', 'coin purse', 'key ring'),
    (42, 'Hats', 'beanie', 'sun hat', 'flat cap', 'bucket hat'),
    (43, 'Scarves', 'scarf', 'shawl', 'bandana', 'snood'),
    (44, 'Gloves', 'gloves', 'mittens', 'wrist warmers', 'gardening gloves'),
    (45, 'Socks', 'ankle socks', 'walking socks', 'slippers', 'bed socks'),
    (46, 'Toys', 'wooden train', 'building blocks', 'puzzle', 'spinning top'),
    (47, 'Games', 'chess set', 'dominoes', 'card game', 'backgammon'),
    (48, 'Music', 'ukulele', 'record stand', 'tambourine', 'music box'),
    (49, 'Sewing', 'sewing box', 'pincushion', 'tailor scissors', 'thread set'),
    (50, 'Pet supplies', 'dog bed', 'cat tree', 'food bowl', 'dog lead');

INSERT INTO seed_words (kind, i, word) VALUES
    ('adjective', 0, 'Amber'), ('adjective', 1, 'Classic'), ('adjective', 2, 'Nordic'), ('adjective', 3, 'Rustic'),
    ('adjective', 4, 'Compact'), ('adjective', 5, 'Slender'), ('adjective', 6, 'Sturdy'), ('adjective', 7, 'Folding'),
    ('adjective', 8, 'Heritage'), ('adjective', 9, 'Modern'), ('adjective', 10, 'Coastal'), ('adjective', 11, 'Alpine'),
    ('adjective', 12, 'Quiet'), ('adjective', 13, 'Bright'), ('adjective', 14, 'Soft'), ('adjective', 15, 'Striped'),
    ('adjective', 16, 'Speckled'), ('adjective', 17, 'Matte'), ('adjective', 18, 'Glossy'), ('adjective', 19, 'Ribbed'),
    ('adjective', 20, 'Curved'), ('adjective', 21, 'Tapered'), ('adjective', 22, 'Stackable'), ('adjective', 23, 'Handmade'),
    ('adjective', 24, 'Vintage'), ('adjective', 25, 'Midnight'), ('adjective', 26, 'Ivory'), ('adjective', 27, 'Crimson'),
    ('adjective', 28, 'Indigo'), ('adjective', 29, 'Olive'), ('adjective', 30, 'Saffron'), ('adjective', 31, 'Copper'),
    ('adjective', 32, 'Slate'), ('adjective', 33, 'Coral'), ('adjective', 34, 'Mint'), ('adjective', 35, 'Charcoal'),
    ('adjective', 36, 'Hazel'), ('adjective', 37, 'Lilac'), ('adjective', 38, 'Teal'), ('adjective', 39, 'Russet'),
    ('material', 0, 'Oak'), ('material', 1, 'Walnut'), ('material', 2, 'Beech'), ('material', 3, 'Birch'), ('material', 4, 'Bamboo'), ('material', 5, 'Rattan'),
    ('material', 6, 'Linen'), ('material', 7, 'Cotton'), ('material', 8, 'Wool'), ('material', 9, 'Felt'), ('material', 10, 'Leather'), ('material', 11, 'Canvas'),
    ('material', 12, 'Cork'), ('material', 13, 'Steel'), ('material', 14, 'Brass'), ('material', 15, 'Enamel'), ('material', 16, 'Ceramic'), ('material', 17, 'Stoneware'),
    ('material', 18, 'Porcelain'), ('material', 19, 'Terracotta'), ('material', 20, 'Marble'), ('material', 21, 'Granite'), ('material', 22, 'Glass'), ('material', 23, 'Willow'),
    ('material', 24, 'Ash'), ('material', 25, 'Cherry'), ('material', 26, 'Maple'), ('material', 27, 'Jute'), ('material', 28, 'Hemp'), ('material', 29, 'Silk'),
    ('use', 0, 'for small kitchens'), ('use', 1, 'for long evenings'),
    ('use', 2, 'for busy mornings'), ('use', 3, 'for a calm corner'),
    ('use', 4, 'for weekend guests'), ('use', 5, 'for the front hall'),
    ('use', 6, 'for rainy days'), ('use', 7, 'for a sunny terrace'),
    ('use', 8, 'for a first flat'), ('use', 9, 'for a family of five'),
    ('use', 10, 'for travelling light'), ('use', 11, 'for the home office'),
    ('use', 12, 'for slow Sundays'), ('use', 13, 'for a housewarming'),
    ('use', 14, 'for keen beginners'), ('use', 15, 'for seasoned hands'),
    ('make', 0, 'Turned on a lathe and oiled by hand'),
    ('make', 1, 'Cut from a single piece'),
    ('make', 2, 'Cast in small batches'),
    ('make', 3, 'Woven on a shuttle loom'),
    ('make', 4, 'Assembled without glue'),
    ('make', 5, 'Finished with natural wax'),
    ('make', 6, 'Fired twice for strength'),
    ('make', 7, 'Stitched with a double seam'),
    ('make', 8, 'Bent with steam'),
    ('make', 9, 'Polished to a low sheen'),
    ('make', 10, 'Dyed in the piece'),
    ('make', 11, 'Tested to last ten years'),
    ('care', 0, 'Wipe clean with a damp cloth.'), ('care', 1, 'Wash at thirty degrees.'),
    ('care', 2, 'Keep out of direct sun.'), ('care', 3, 'Oil once a year.'),
    ('care', 4, 'Dishwasher safe.'), ('care', 5, 'Spare parts are available.'),
    ('care', 6, 'Air dry only.'), ('care', 7, 'Comes ready assembled.'),
    ('care', 8, 'Packed without plastic.'), ('care', 9, 'Repairs are free for five years.'),
    ('first', 0, 'Ada'), ('first', 1, 'Alan'), ('first', 2, 'Amira'), ('first', 3, 'Anton'), ('first', 4, 'Beatriz'), ('first', 5, 'Bruno'),
    ('first', 6, 'Carla'), ('first', 7, 'Chen'), ('first', 8, 'Dana'), ('first', 9, 'Daniel'), ('first', 10, 'Elif'), ('first', 11, 'Emil'),
    ('first', 12, 'Farah'), ('first', 13, 'Felix'), ('first', 14, 'Greta'), ('first', 15, 'Hana'), ('first', 16, 'Hugo'), ('first', 17, 'Ines'),
    ('first', 18, 'Ivan'), ('first', 19, 'Jana'), ('first', 20, 'Jonas'), ('first', 21, 'Karin'), ('first', 22, 'Kofi'), ('first', 23, 'Lena'),
    ('first', 24, 'Luis'), ('first', 25, 'Maja'), ('first', 26, 'Marek'), ('first', 27, 'Nadia'), ('first', 28, 'Nils'), ('first', 29, 'Olga'),
    ('first', 30, 'Oskar'), ('first', 31, 'Paula'), ('first', 32, 'Petra'), ('first', 33, 'Rafael'), ('first', 34, 'Rosa'), ('first', 35, 'Samir'),
    ('first', 36, 'Sofia'), ('first', 37, 'Tomas'), ('first', 38, 'Vera'), ('first', 39, 'Yusuf'),
    ('last', 0, 'Adler'), ('last', 1, 'Andersen'), ('last', 2, 'Baker'), ('last', 3, 'Bauer'), ('last', 4, 'Costa'), ('last', 5, 'Dubois'),
    ('last', 6, 'Eriksen'), ('last', 7, 'Fischer'), ('last', 8, 'Garcia'), ('last', 9, 'Haas'), ('last', 10, 'Ito'), ('last', 11, 'Jansen'),
    ('last', 12, 'Keller'), ('last', 13, 'Kim'), ('last', 14, 'Larsen'), ('last', 15, 'Lopez'), ('last', 16, 'Martin'), ('last', 17, 'Meyer'),
    ('last', 18, 'Moreau'), ('last', 19, 'Nakamura'), ('last', 20, 'Novak'), ('last', 21, 'Okafor'), ('last', 22, 'Olsen'), ('last', 23, 'Petrov'),
    ('last', 24, 'Quinn'), ('last', 25, 'Rossi'), ('last', 26, 'Sato'), ('last', 27, 'Schmidt'), ('last', 28, 'Silva'), ('last', 29, 'Smith'),
    ('last', 30, 'Suzuki'), ('last', 31, 'Tanaka'), ('last', 32, 'Taylor'), ('last', 33, 'Urban'), ('last', 34, 'Vogel'), ('last', 35, 'Wagner'),
    ('last', 36, 'Weber'), ('last', 37, 'Yilmaz'), ('last', 38, 'Zhang'), ('last', 39, 'Zimmer'),
    ('street', 0, 'Maple'), ('street', 1, 'Harbour'), ('street', 2, 'Station'), ('street', 3, 'Mill'), ('street', 4, 'Church'),
    ('street', 5, 'Market'), ('street', 6, 'Garden'), ('street', 7, 'River'), ('street', 8, 'Castle'), ('street', 9, 'School'),
    ('city', 0, 'Northport'), ('city', 1, 'Eastwick'), ('city', 2, 'Lindau'), ('city', 3, 'Marbrook'), ('city', 4, 'Ostende'),
    ('city', 5, 'Havenford'), ('city', 6, 'Kestrel Bay'), ('city', 7, 'Alderney'), ('city', 8, 'Brightwater'), ('city', 9, 'Stonebridge');

INSERT INTO categories (id, name, description)
SELECT id, name, CONCAT('From ', noun0, ' and ', noun1, ' to ', noun2, ' and ', noun3,
    ': everyday pieces that are made to be used, mended and kept.')
FROM seed_categories
ORDER BY id;

-- 200 products a category; neighbours differ in noun, adjective and material.
INSERT INTO products (id, category_id, name, description, price_cents, stock, created_at)
SELECT n.n + 1,
    c.id,
    CONCAT(adjective.word, ' ', LOWER(material.word), ' ',
        CASE n.n MOD 4 WHEN 0 THEN c.noun0 WHEN 1 THEN c.noun1 WHEN 2 THEN c.noun2 ELSE c.noun3 END),
    CONCAT('Made ', purpose.word, ', in ', LOWER(material.word), '. ', making.word, '. ',
        'It is ', 8 + CRC32(CONCAT('width', n.n)) MOD 90, ' cm wide and weighs ',
        100 + 10 * (CRC32(CONCAT('weight', n.n)) MOD 400), ' g. ', care.word),
    -- All end in .95, as shop prices do.
    495 + 100 * (CRC32(CONCAT('price', n.n)) MOD 60) + 500 * (CRC32(CONCAT('class', n.n)) MOD 12),
    -- More than a long load test can buy: running out is a scenario of its own.
    1000000,
    '2024-01-01' + INTERVAL n.n * 90 MINUTE
FROM seed_numbers n
JOIN seed_categories c ON c.id = 1 + n.n DIV 200
JOIN seed_words adjective ON adjective.kind = 'adjective' AND adjective.i = (7 * (n.n DIV 4) + n.n + c.id) MOD 40
JOIN seed_words material ON material.kind = 'material' AND material.i = CRC32(CONCAT('material', n.n)) MOD 30
JOIN seed_words purpose ON purpose.kind = 'use' AND purpose.i = CRC32(CONCAT('use', n.n)) MOD 16
JOIN seed_words making ON making.kind = 'make' AND making.i = CRC32(CONCAT('make', n.n)) MOD 12
JOIN seed_words care ON care.kind = 'care' AND care.i = CRC32(CONCAT('care', n.n)) MOD 10
WHERE n.n < 10000
ORDER BY n.n;

-- bcrypt of `correct horse`, cost 10, for everyone: hashing 20 000 passwords
-- would take a quarter of an hour.
INSERT INTO customers (id, email, name, password_hash, created_at)
SELECT n.n + 1,
    CONCAT('customer', LPAD(n.n + 1, 5, '0'), '@example.com'),
    CONCAT(first.word, ' ', last.word),
    '$2y$10$redline0redline0redlie6g4TGBbaIBSkIsU5D1yqlERcLiCB3Wm',
    '2024-01-01' + INTERVAL n.n * 40 MINUTE
FROM seed_numbers n
JOIN seed_words first ON first.kind = 'first' AND first.i = CRC32(CONCAT('first', n.n)) MOD 40
JOIN seed_words last ON last.kind = 'last' AND last.i = CRC32(CONCAT('last', n.n)) MOD 40
WHERE n.n < 20000
ORDER BY n.n;

-- The total is filled in when the lines are there.
INSERT INTO orders (id, uuid, customer_id, name, email, address, city, postcode, total_cents, created_at)
SELECT n.n + 1,
    LOWER(CONCAT(
        LPAD(HEX(CRC32(CONCAT('uuid-a', n.n))), 8, '0'), '-',
        LPAD(HEX(CRC32(CONCAT('uuid-b', n.n)) & 65535), 4, '0'), '-4',
        LPAD(HEX(CRC32(CONCAT('uuid-c', n.n)) & 4095), 3, '0'), '-8',
        LPAD(HEX(CRC32(CONCAT('uuid-d', n.n)) & 4095), 3, '0'), '-',
        LPAD(HEX(n.n + 1), 12, '0'))),
    c.id, c.name, c.email,
    CONCAT(1 + CRC32(CONCAT('house', c.id)) MOD 180, ' ', street.word, ' Street'),
    city.word,
    LPAD(10000 + CRC32(CONCAT('postcode', c.id)) MOD 80000, 5, '0'),
    0,
    '2025-01-01' + INTERVAL n.n * 10 MINUTE
FROM seed_numbers n
JOIN customers c ON c.id = 1 + CRC32(CONCAT('customer', n.n)) MOD 20000
JOIN seed_words street ON street.kind = 'street' AND street.i = CRC32(CONCAT('street', c.id)) MOD 10
JOIN seed_words city ON city.kind = 'city' AND city.i = CRC32(CONCAT('city', c.id)) MOD 10
ORDER BY n.n;

-- One to three lines. Popularity falls off as a power law, as sales do; the
-- multiplication spreads the popular products over the catalogue. Two lines
-- of one order may choose the same product: IGNORE keeps the first.
INSERT IGNORE INTO order_lines (order_id, product_id, quantity, price_cents, name)
SELECT picks.order_id, p.id, picks.quantity, p.price_cents, p.name
FROM (
    SELECT n.n + 1 AS order_id,
        l.d AS line,
        1 + (20 + 7919 * CAST(FLOOR(POW(10000, (CRC32(CONCAT('pick', l.d, '-', n.n)) MOD 1000000) / 1000000)) AS SIGNED)) MOD 10000 AS product_id,
        1 + (CRC32(CONCAT('quantity', l.d, '-', n.n)) MOD 5) DIV 4 AS quantity
    FROM seed_numbers n
    JOIN seed_digits l ON l.d <= CRC32(CONCAT('lines', n.n)) MOD 3
) picks
JOIN products p ON p.id = picks.product_id
ORDER BY picks.order_id, picks.line;

UPDATE orders o
JOIN (SELECT order_id, SUM(quantity * price_cents) AS total FROM order_lines GROUP BY order_id) t
    ON t.order_id = o.id
SET o.total_cents = t.total;

-- What a shop computes once a night: its hundred best sellers.
UPDATE products p
JOIN (
    SELECT product_id, ROW_NUMBER() OVER (ORDER BY SUM(quantity) DESC, product_id) AS place
    FROM order_lines
    GROUP BY product_id
) best ON best.product_id = p.id
SET p.sales_rank = best.place
WHERE best.place <= 100;

-- Hand-picked, so that the home page shows eighteen different pictures.
UPDATE products SET featured_rank = 1 WHERE id = 137;
UPDATE products SET featured_rank = 2 WHERE id = 1260;
UPDATE products SET featured_rank = 3 WHERE id = 2389;
UPDATE products SET featured_rank = 4 WHERE id = 4415;
UPDATE products SET featured_rank = 5 WHERE id = 6542;
UPDATE products SET featured_rank = 6 WHERE id = 8671;

DROP TABLE seed_words, seed_categories, seed_numbers, seed_digits;

-- Built over finished rows: much cheaper than keeping it up to date.
ALTER TABLE products ADD FULLTEXT KEY by_words (name, description);

ANALYZE TABLE categories, products, customers, orders, order_lines;
