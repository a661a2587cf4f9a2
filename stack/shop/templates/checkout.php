<?php
use Shop\View;
?>
<main id="content" class="checkout">
    <h1>Checkout</h1>
<?php if ($problem !== null): ?>
    <p class="problem" role="alert"><?= View::e($problem) ?></p>
<?php endif ?>
    <form action="/checkout" method="post" class="stack">
        <?= View::csrf($csrf) ?>
        <input type="hidden" name="order_uuid" value="<?= View::e($uuid) ?>">
        <h2>Where shall it go?</h2>
        <label for="name">Name</label>
        <input id="name" name="name" value="<?= View::e($values['name']) ?>" maxlength="100" autocomplete="name" required>
        <label for="email">E-mail address</label>
        <input id="email" type="email" name="email" value="<?= View::e($values['email']) ?>" maxlength="190" autocomplete="email" required>
        <label for="address">Street and number</label>
        <input id="address" name="address" value="<?= View::e($values['address']) ?>" maxlength="200" autocomplete="street-address" required>
        <label for="city">City</label>
        <input id="city" name="city" value="<?= View::e($values['city']) ?>" maxlength="100" autocomplete="address-level2" required>
        <label for="postcode">Postcode</label>
        <input id="postcode" name="postcode" value="<?= View::e($values['postcode']) ?>" maxlength="20" autocomplete="postal-code" required>
        <button type="submit">Place the order</button>
    </form>
    <aside aria-labelledby="summary-title">
        <h2 id="summary-title">Your order</h2>
        <ul class="summary">
<?php foreach ($items as $item): ?>
            <li><span><?= $item['quantity'] ?> × <?= View::e($item['name']) ?></span> <span class="price"><?= View::money($item['price_cents'] * $item['quantity']) ?></span></li>
<?php endforeach ?>
        </ul>
        <p class="total">Total <strong><?= View::money($total) ?></strong></p>
    </aside>
</main>
