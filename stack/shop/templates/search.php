<?php
use Shop\View;
?>
<main id="content" data-results="<?= $total ?>">
<?php if ($term === ''): ?>
    <h1>Search</h1>
    <p class="lead">What are you looking for?</p>
<?php elseif ($total === 0): ?>
    <h1>Nothing found for “<?= View::e($term) ?>”</h1>
    <p class="lead">Try a single word, such as <a href="/search?q=teapot">teapot</a> or <a href="/search?q=walnut">walnut</a>.</p>
<?php else: ?>
    <h1><?= $total ?> <?= $total === 1 ? 'product' : 'products' ?> for “<?= View::e($term) ?>”</h1>
    <?= View::cards($products) ?>
    <?= View::pager('/search?q=' . rawurlencode($term) . '&page=', $current, $last) ?>
<?php endif ?>
</main>
