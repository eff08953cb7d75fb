<?php

use PHPUnit\Framework\TestCase;

require_once __DIR__ . '/Emulator.php';

final class SaveAccountPhoneTest extends TestCase
{
    private static Emulator $emulator;

    public static function setUpBeforeClass(): void
    {
        self::$emulator = Emulator::start();
        self::$emulator->ask('PUT', 'programs/suite', Emulator::SEED);
    }

    public static function tearDownAfterClass(): void
    {
        self::$emulator->stop();
    }

    /** The program of this suite, as it was put: a reset clears its journal and faults, too. */
    protected function setUp(): void
    {
        self::$emulator->ask('POST', 'programs/suite/reset');
    }

    /** What is tested: here a call by SoapClient, in your suite your own client. */
    private function save(int $member, string $number): object
    {
        $client = new SoapClient(self::$emulator->wsdl(), ['cache_wsdl' => WSDL_CACHE_NONE]);
        return $client->SaveAccountPhone(['preqSaveAccountPhone' => [
            'SecurityToken' => 'SUITE',
            'MemberId' => $member,
            'PhoneNumberTypeExternalReference' => 'HOME',
            'PhoneNumber' => $number,
            'MobileCarrierExternalReference' => '',
            'IsValid' => 1,
        ]])->SaveAccountPhoneResult;
    }

    public function testANumberIsSaved(): void
    {
        $answer = $this->save(1, '+1 (519) 555-0123');
        self::assertSame([0, '+1 519-555-0123'], [$answer->ReturnCode, $answer->SavedPhoneNumber]);
        $member = self::$emulator->ask('GET', 'programs/suite/members/1');
        self::assertSame(['+15195550123'], array_column($member['phones'], 'number'));
    }

    public function testANumberOfAnotherMemberIs315(): void
    {
        self::assertSame(315, $this->save(1, '+1 519 555 0199')->ReturnCode);
    }

    public function testACallThatBreaksOnPurposeIsMadeAgain(): void
    {
        $answer = ['soap_fault' => 'Timeout expired.'];
        self::$emulator->ask('POST', 'faults', ['program' => 'suite', 'operation' => 'SaveAccountPhone', 'times' => 1, 'answer' => $answer]);
        try {
            $this->save(1, '+1 519 555 0123');
            self::fail('expected a fault');
        } catch (SoapFault $fault) {
            self::assertStringContainsString('Timeout expired.', $fault->getMessage());
        }
        self::assertSame(0, $this->save(1, '+1 519 555 0123')->ReturnCode);
        $entries = self::$emulator->ask('GET', 'journal?program=suite&operation=SaveAccountPhone')['entries'];
        self::assertSame([null, 0], array_column($entries, 'return_code'));
    }
}
