<?php
use Shop\View;
?>
<main id="content" data-order-uuid="<?= View::e($order['uuid']) ?>">
    <h1>Thank you, <?= View::e($order['name']) ?></h1>
    <p class="lead">Your order <code><?= View::e($order['uuid']) ?></code> of <?= View::e(substr($order['created_at'], 0, 16)) ?> is on its way to <?= View::e("{$order['address']}, {$order['postcode']} {$order['city']}") ?>.</p>
    <ul class="lines">
<?php foreach ($lines as $line): ?>
        <li>
            <img src="<?= View::picture($line['id']) ?>" alt="" width="96" height="96">
            <a href="/product/<?= $line['id'] ?>"><?= View::e($line['name']) ?></a>
            <span><?= $line['quantity'] ?> ×</span>
            <span class="price"><?= View::money($line['price_cents']) ?></span>
        </li>
<?php endforeach ?>
    </ul>
    <p class="total">Total <strong><?= View::money($order['total_cents']) ?></strong></p>
    <p><a class="button" href="/">Back to the shop</a></p>
</main>
