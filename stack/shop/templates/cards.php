<?php
use Shop\View;
?>
<ul class="cards">
<?php foreach ($products as $product): ?>
    <li class="card">
        <a href="/product/<?= $product['id'] ?>">
            <img src="<?= View::picture($product['id']) ?>" alt="" width="600" height="600"<?= $lazy ? ' loading="lazy"' : '' ?>>
            <span class="name"><?= View::e($product['name']) ?></span>
            <span class="price"><?= View::money($product['price_cents']) ?><?= $product['stock'] > 0 ? '' : ' <em>sold out</em>' ?></span>
        </a>
    </li>
<?php endforeach ?>
</ul>
