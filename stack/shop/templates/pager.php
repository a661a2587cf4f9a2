<?php
use Shop\View;
?>
<nav class="pager" aria-label="Pages">
<?php if ($current > 1): ?>
    <a rel="prev" href="<?= View::e($base . ($current - 1)) ?>">Previous</a>
<?php endif ?>
    <span>Page <?= $current ?> of <?= $last ?></span>
<?php if ($current < $last): ?>
    <a rel="next" href="<?= View::e($base . ($current + 1)) ?>">Next</a>
<?php endif ?>
</nav>
