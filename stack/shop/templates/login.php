<?php
use Shop\View;
?>
<main id="content" class="narrow">
    <h1>Log in</h1>
<?php if ($problem !== null): ?>
    <p class="problem" role="alert"><?= View::e($problem) ?></p>
<?php endif ?>
    <form action="/login" method="post" class="stack">
        <?= View::csrf($csrf) ?>
        <label for="email">E-mail address</label>
        <input id="email" type="email" name="email" value="<?= View::e($email) ?>" maxlength="190" autocomplete="email" required>
        <label for="password">Password</label>
        <input id="password" type="password" name="password" autocomplete="current-password" required>
        <button type="submit">Log in</button>
    </form>
    <p>New here? <a href="/register">Create an account</a>.</p>
</main>
