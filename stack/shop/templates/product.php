<?php
use Shop\View;
?>
<main id="content">
    <nav class="trail" aria-label="Breadcrumb"><a href="/">Home</a> / <a href="/category/<?= $category['id'] ?>"><?= View::e($category['name']) ?></a></nav>
    <article class="product">
        <img src="<?= View::picture($product['id']) ?>" alt="Picture of the <?= View::e($product['name']) ?>" width="600" height="600" data-gallery>
        <div class="facts">
            <h1><?= View::e($product['name']) ?></h1>
            <p class="price"><?= View::money($product['price_cents']) ?></p>
            <p><?= View::e($product['description']) ?></p>
            <form action="/cart/add" method="post" class="buy">
                <?= View::csrf($csrf) ?>
                <input type="hidden" name="product_id" value="<?= $product['id'] ?>">
                <label for="quantity">Quantity</label>
                <input id="quantity" type="number" name="quantity" value="1" min="1" max="99" required>
                <button type="submit"<?= $product['stock'] > 0 ? '' : ' disabled' ?>>Add to cart</button>
            </form>
            <p class="stock"><?= $product['stock'] > 0 ? 'In stock, sent within two days.' : 'Sold out at the moment.' ?></p>
        </div>
    </article>
    <section aria-labelledby="related-title">
        <h2 id="related-title">More from <?= View::e($category['name']) ?></h2>
        <?= View::cards($related) ?>
    </section>
</main>
