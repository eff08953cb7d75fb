<?php

/** The emulator, for a test class: started on a free port, and its control plane. */
final class Emulator
{
    public const SEED = [
        'security_tokens' => [['token' => 'SUITE', 'methods' => ['*']]],
        'phone_number_types' => [['external_reference' => 'HOME', 'name' => 'Home']],
        'members' => [
            ['member_id' => 1, 'first_name' => 'Ada'],
            ['member_id' => 2, 'first_name' => 'Alan', 'phones' => [['type' => 'HOME', 'number' => '+15195550199']]],
        ],
    ];

    private function __construct(private $process, private $output, public readonly string $url)
    {
    }

    public static function start(): self
    {
        $program = getenv('SYNC_ASMX') ?: 'sync-asmx';
        $pipes = [];
        $process = proc_open([$program, '--listen', '127.0.0.1:0', '--ledger', 'memory:'], [1 => ['pipe', 'w']], $pipes);
        $line = is_resource($process) ? (string) fgets($pipes[1]) : '';
        if (!str_starts_with($line, 'listening on ')) {
            throw new RuntimeException("$program doesn't listen: $line");
        }
        return new self($process, $pipes[1], trim(substr($line, strlen('listening on '))));
    }

    public function stop(): void
    {
        proc_terminate($this->process);
        fclose($this->output);
        proc_close($this->process);
    }

    public function wsdl(): string
    {
        return "$this->url/Services/Sync.asmx?WSDL";
    }

    public function ask(string $method, string $path, ?array $body = null): ?array
    {
        $context = stream_context_create(['http' => [
            'method' => $method,
            'header' => 'Content-Type: application/json',
            'content' => $body === null ? '' : json_encode($body),
        ]]);
        $text = file_get_contents("$this->url/_emulator/$path", false, $context);
        if ($text === false) {
            throw new RuntimeException("$method $path was refused");
        }
        return $text === '' ? null : json_decode($text, true);
    }
}
