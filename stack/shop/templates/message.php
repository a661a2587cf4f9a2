<?php
use Shop\View;
?>
<main id="content" class="narrow">
    <h1><?= View::e($title) ?></h1>
    <p class="lead"><?= View::e($text) ?></p>
    <p><a class="button" href="/">Back to the shop</a></p>
</main>
