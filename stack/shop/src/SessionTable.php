<?php

declare(strict_types=1);

namespace Shop;

/**
 * Sessions in the database, for several application servers. They are not
 * locked: a visitor who does two things at the same moment keeps what was
 * written last, as with most shared stores.
 */
final class SessionTable implements \SessionHandlerInterface, \SessionUpdateTimestampHandlerInterface
{
    /** An unchanged session is written again after this, so that it is not collected. Seconds. */
    private const TOUCH_AFTER = 60;

    /** What was read, so that a session that is looked for and then read is asked for once. */
    private ?array $row = null;
    private ?string $id = null;

    public function open(string $path, string $name): bool
    {
        return true;
    }

    public function close(): bool
    {
        return true;
    }

    public function validateId(string $id): bool
    {
        return $this->find($id) !== null;
    }

    public function read(string $id): string
    {
        return $this->find($id)['data'] ?? '';
    }

    public function write(string $id, string $data): bool
    {
        Database::change(
            'INSERT INTO sessions (id, data, touched) VALUES (?, ?, ?) ON DUPLICATE KEY UPDATE data = VALUES(data), touched = VALUES(touched)',
            [$id, $data, time()],
        );
        [$this->id, $this->row] = [$id, ['data' => $data, 'touched' => time()]];

        return true;
    }

    public function updateTimestamp(string $id, string $data): bool
    {
        if (time() - ($this->find($id)['touched'] ?? 0) > self::TOUCH_AFTER) {
            return $this->write($id, $data);
        }

        return true;
    }

    public function destroy(string $id): bool
    {
        Database::change('DELETE FROM sessions WHERE id = ?', [$id]);
        $this->id = null;

        return true;
    }

    public function gc(int $lifetime): int|false
    {
        return Database::change('DELETE FROM sessions WHERE touched < ? LIMIT 1000', [time() - $lifetime]);
    }

    private function find(string $id): ?array
    {
        if ($this->id !== $id) {
            $this->row = Database::row('SELECT data, touched FROM sessions WHERE id = ?', [$id]);
            $this->id = $id;
        }

        return $this->row;
    }
}
