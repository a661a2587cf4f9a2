<?php
use Shop\View;
?>
<main id="content">
    <section class="hero">
        <img src="<?= View::asset('hero.webp') ?>" alt="" width="1600" height="640" fetchpriority="high">
        <div class="pitch">
            <h1>Well-made things for every day</h1>
            <p>Ten thousand pieces in fifty categories: made to be used, mended and kept.</p>
            <a class="button" href="#featured">See what is new</a>
        </div>
    </section>
    <section id="featured" aria-labelledby="featured-title">
        <h2 id="featured-title">Chosen this week</h2>
        <?= View::cards($featured, lazy: false) ?>
    </section>
    <section aria-labelledby="new-title">
        <h2 id="new-title">Just arrived</h2>
        <?= View::cards($newest) ?>
    </section>
    <section aria-labelledby="best-title">
        <h2 id="best-title">Best sellers</h2>
        <?= View::cards($bestSellers) ?>
    </section>
</main>
