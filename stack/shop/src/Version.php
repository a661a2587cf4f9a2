<?php

declare(strict_types=1);

namespace Shop;

/** The one place that a deployment changes; every page says it in its head. */
final class Version
{
    public const SHOP = '1.0.0';

    /**
     * Part of every asset's address. Kept apart from the shop's version, so
     * that new code does not make every visitor load unchanged pictures again.
     */
    public const ASSETS = '1';
}
