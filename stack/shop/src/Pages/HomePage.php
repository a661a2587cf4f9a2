<?php

declare(strict_types=1);

namespace Shop\Pages;

use Shop\{Catalogue, Response};

final class HomePage
{
    private const ROW = 6;

    public static function show(): Response
    {
        return Response::page('home', [
            'title' => 'Well-made things for every day',
            'categories' => Catalogue::categories(),
            'featured' => Catalogue::featured(self::ROW),
            'newest' => Catalogue::newest(self::ROW),
            'bestSellers' => Catalogue::bestSellers(self::ROW),
        ]);
    }
}
