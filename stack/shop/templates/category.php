<?php
use Shop\View;
?>
<main id="content">
    <h1><?= View::e($category['name']) ?></h1>
    <p class="lead"><?= View::e($category['description']) ?></p>
    <?= View::cards($products) ?>
    <?= View::pager("/category/{$category['id']}?page=", $current, $last) ?>
</main>
