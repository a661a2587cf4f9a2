<?php
use Shop\View;
?>
<main id="content">
    <h1>Hello, <?= View::e($customer['name']) ?></h1>
    <p class="lead">You are logged in as <?= View::e($customer['email']) ?>.</p>
    <form action="/logout" method="post">
        <?= View::csrf($csrf) ?>
        <button type="submit" class="quiet">Log out</button>
    </form>
    <h2>Your orders</h2>
<?php if ($orders === []): ?>
    <p>You have not ordered anything yet.</p>
<?php else: ?>
    <table class="orders">
        <thead>
            <tr><th scope="col">Date</th><th scope="col">Order</th><th scope="col">Total</th></tr>
        </thead>
        <tbody>
<?php foreach ($orders as $order): ?>
            <tr>
                <td><?= View::e(substr($order['created_at'], 0, 16)) ?></td>
                <td><a href="/order/<?= View::e($order['uuid']) ?>"><?= View::e($order['uuid']) ?></a></td>
                <td class="price"><?= View::money($order['total_cents']) ?></td>
            </tr>
<?php endforeach ?>
        </tbody>
    </table>
<?php endif ?>
</main>
