<?php
use Shop\View;
?>
<main id="content" class="narrow">
    <h1>Create an account</h1>
<?php if ($problem !== null): ?>
    <p class="problem" role="alert"><?= View::e($problem) ?></p>
<?php endif ?>
    <form action="/register" method="post" class="stack">
        <?= View::csrf($csrf) ?>
        <label for="name">Name</label>
        <input id="name" name="name" value="<?= View::e($values['name']) ?>" maxlength="100" autocomplete="name" required>
        <label for="email">E-mail address</label>
        <input id="email" type="email" name="email" value="<?= View::e($values['email']) ?>" maxlength="190" autocomplete="email" required>
        <label for="password">Password, at least 8 characters</label>
        <input id="password" type="password" name="password" minlength="8" maxlength="72" autocomplete="new-password" required>
        <button type="submit">Create account</button>
    </form>
    <p>Been here before? <a href="/login">Log in</a>.</p>
</main>
