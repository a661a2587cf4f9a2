<?php
use Shop\{Version, View};
?>
<!DOCTYPE html>
<html lang="en">
<head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <meta name="shop-version" content="<?= View::e(Version::SHOP) ?>">
    <meta name="description" content="Foobar: well-made things for every day, from coffee to camping.">
    <meta name="color-scheme" content="light dark">
    <title><?= View::e($title) ?> – Foobar</title>
    <link rel="icon" type="image/svg+xml" href="<?= View::asset('logo.svg') ?>">
    <link rel="preload" as="font" type="font/woff2" href="<?= View::asset('shop.woff2') ?>" crossorigin>
    <link rel="preload" as="font" type="font/woff2" href="<?= View::asset('shop-bold.woff2') ?>" crossorigin>
    <link rel="stylesheet" href="<?= View::asset('app.css') ?>">
    <script src="<?= View::asset('app.js') ?>" defer></script>
</head>
<body data-page="<?= View::e($page) ?>">
<a class="skip" href="#content">Skip to content</a>
<header class="site">
    <div class="bar">
        <a class="brand" href="/"><img src="<?= View::asset('logo.svg') ?>" alt="" width="36" height="36"> Foobar</a>
        <form class="find" action="/search" role="search">
            <label class="hidden" for="q">Search the shop</label>
            <input id="q" type="search" name="q" value="<?= View::e($term ?? '') ?>" placeholder="Search 10,000 products" maxlength="100" autocomplete="off">
            <button type="submit">Search</button>
        </form>
        <nav class="mine" aria-label="Your pages">
            <a href="/account">Account</a>
            <a href="/cart">Cart <span class="badge" data-cart-badge hidden></span></a>
        </nav>
    </div>
<?php if ($categories !== []): ?>
    <nav class="shelf" aria-label="Categories">
        <ul>
<?php foreach ($categories as $entry): ?>
            <li><a href="/category/<?= $entry['id'] ?>"<?= isset($category) && $category['id'] === $entry['id'] ? ' aria-current="page"' : '' ?>><?= View::e($entry['name']) ?></a></li>
<?php endforeach ?>
        </ul>
    </nav>
<?php endif ?>
</header>
<?= $content ?>
<footer class="site">
    <div class="columns">
        <section>
            <h2>Shop with us</h2>
            <p>Free delivery over € 50, thirty days to change your mind, and repairs for five years.</p>
        </section>
        <section>
            <h2>Your account</h2>
            <ul>
                <li><a href="/login">Log in</a></li>
                <li><a href="/register">Create an account</a></li>
                <li><a href="/cart">Your cart</a></li>
            </ul>
        </section>
        <section>
            <h2>About Foobar</h2>
            <p>A shop that exists to be visited. Nothing here is for sale, and nobody will send you anything.</p>
        </section>
    </div>
</footer>
</body>
</html>
