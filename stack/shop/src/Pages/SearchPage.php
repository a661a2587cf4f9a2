<?php

declare(strict_types=1);

namespace Shop\Pages;

use Shop\{Catalogue, Request, Response};

final class SearchPage
{
    public static function show(Request $request): Response
    {
        $term = mb_substr($request->query('q'), 0, 100);
        $page = $request->page();
        $products = Catalogue::search($term, $page);
        if ($products === [] && $page > 1) {
            return Response::notFound();
        }
        $total = $products[0]['total'] ?? 0;

        return Response::page('search', [
            'title' => $term === '' ? 'Search' : "Search: $term",
            'categories' => Catalogue::categories(),
            'term' => $term,
            'products' => $products,
            'total' => $total,
            'current' => $page,
            'last' => (int) ceil($total / Catalogue::PAGE_SIZE),
        ]);
    }
}
