<?php
use Shop\View;
?>
<main id="content" data-items="<?= $count ?>">
    <h1>Your cart</h1>
<?php if ($items === []): ?>
    <p class="lead">There is nothing in it yet. <a href="/">Have a look around.</a></p>
<?php else: ?>
    <ul class="lines">
<?php foreach ($items as $item): ?>
        <li>
            <img src="<?= View::picture($item['id']) ?>" alt="" width="96" height="96">
            <a href="/product/<?= $item['id'] ?>"><?= View::e($item['name']) ?></a>
            <form action="/cart/update" method="post">
                <?= View::csrf($csrf) ?>
                <input type="hidden" name="product_id" value="<?= $item['id'] ?>">
                <label class="hidden" for="quantity-<?= $item['id'] ?>">Quantity of <?= View::e($item['name']) ?></label>
                <input id="quantity-<?= $item['id'] ?>" type="number" name="quantity" value="<?= $item['quantity'] ?>" min="0" max="99" required>
                <button type="submit" class="quiet">Update</button>
            </form>
            <span class="price"><?= View::money($item['price_cents'] * $item['quantity']) ?></span>
        </li>
<?php endforeach ?>
    </ul>
    <p class="total">Total <strong><?= View::money($total) ?></strong></p>
    <p><a class="button" href="/checkout">Go to checkout</a></p>
<?php endif ?>
</main>
