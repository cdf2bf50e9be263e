using System.Globalization;
using MilterCrypt.Faults.Kinds;
using MilterCrypt.TestSupport.Mta;

namespace MilterCrypt.Faults;

/// <summary>A kind of fault: a row of the table.</summary>
/// <param name="Name">What it is.</param>
/// <param name="Make">Makes one, at a step that is chosen at random.</param>
public sealed record FaultKind(string Name, Func<Random, Fault> Make)
{
    // How many packets and steps a message of a run has, about; a moment beyond that never comes.
    private const int Packets = 24;
    private const int Steps = 45;
    private const int Parts = 4;

    /// <summary>Why it can't be had on a stage; or null.</summary>
    public Func<FaultStage, string?> Missing { get; private init; } = static _ => null;

    /// <summary>Whether the message is to be too large for memory.</summary>
    public bool IsForLarge { get; private init; }

    /// <summary>Whether it may also be what comes second in a run.</summary>
    public bool MayBeSecond { get; private init; }

    /// <summary>All, in the order of the table.</summary>
    public static IReadOnlyList<FaultKind> All { get; } =
    [
        new("none", static _ => new NoFault()),
        new("daemon killed at a milter packet", static random => new MilterFault(AnyPacket(random) with { KeepsLine = true }, FaultAction.Kill)) { MayBeSecond = true },
        new("daemon killed before a part's command", static random => new InjectionFault(Command(random), FaultAction.Kill)) { MayBeSecond = true },
        new("daemon killed at a part's reply", static random => new InjectionFault(Reply(random) with { IsAfterwards = Half(random) }, FaultAction.Kill)) { MayBeSecond = true },
        new("daemon killed at a journal sync", static random => new TracedFault(Injection("fsync,fdatasync:signal=KILL", random, Parts + 2))) { Missing = NoTracing },
        new("daemon killed at a journal write", static random => new TracedFault(Injection("pwrite64:signal=KILL", random, 6 * Parts))) { Missing = NoTracing },
        new("SIGTERM amid a split", static random => new InjectionFault(Step(random), FaultAction.Terminate)),
        new("SIGHUP amid a split", static random => new InjectionFault(Step(random), FaultAction.HangUp)),
        new("milter connection cut at a packet", static random => new MilterFault(AnyPacket(random) with { IsWithheld = Half(random), IsReset = Half(random) }, FaultAction.None)) { MayBeSecond = true },
        new("milter connection cut amid a split", static random => new InjectionFault(Step(random), Half(random) ? FaultAction.CutMilter : FaultAction.ResetMilter)) { MayBeSecond = true },
        new("milter verdict lost", static random => new MilterFault(MilterMoment.FilterSends('d') with { IsWithheld = true, IsReset = Half(random) }, FaultAction.None)),
        new("part's connection cut at a command", static random => new InjectionFault(Command(random) with { CutsLine = true, IsReset = Half(random) }, FaultAction.None)) { MayBeSecond = true },
        new("part's connection cut at a reply", static random => new InjectionFault(Reply(random) with { CutsLine = true, IsReset = Half(random) }, FaultAction.None)) { MayBeSecond = true },
        new("reply to a dot lost", static random => new InjectionFault(
            new SmtpMoment(true, SmtpStep.Dot, Nth(random, Parts)) { IsWithheld = true, CutsLine = true, IsReset = Half(random) }, FaultAction.None)) { MayBeSecond = true },
        new("part's listener not there", static random => new RefusedConnections { Tries = 1 + random.Next(2) }),
        new("part refused with 421", static random => new InjectionFault(Refusal(random, "421 4.3.2 shutting down"), FaultAction.None)),
        new("part refused with 451", static random => new InjectionFault(Refusal(random, "451 4.3.0 not now"), FaultAction.None)) { MayBeSecond = true },
        new("part refused with 554", static random => new InjectionFault(Refusal(random, "554 5.7.1 not wanted"), FaultAction.None)),
        new("client gone before its answer", static random => new LostAnswer(atVerdict: random.Next(3) > 0)),
        new("journal's write fails", static random => new TracedFault(Injection($"pwrite64:error={Error(random)}", random, 6 * Parts, mayStay: true)) { Tries = 1 + random.Next(2) }) { Missing = NoTracing },
        new("journal's sync fails", static random => new TracedFault(Injection($"fsync,fdatasync:error=EIO", random, Parts + 2, mayStay: true)) { Tries = 1 + random.Next(2) }) { Missing = NoTracing },
        new("journal's disk full", static random => new FullDisk(static stage => stage.JournalDisk) { Tries = 1 + random.Next(2) }) { Missing = static stage => stage.JournalDisk.Missing },
        new("journal locked by another", static _ => new LockedJournal()),
        new("journal moved away", static random => new MovedJournal { Tries = 1 + random.Next(2) }),
        new("spool's disk full", static random => new FullDisk(static stage => stage.SpoolDisk) { Tries = 1 + random.Next(2) }) { Missing = static stage => stage.SpoolDisk.Missing, IsForLarge = true },
        new("key holder killed", static random => new MilterFault(AnyPacket(random) with { KeepsLine = true }, FaultAction.KillHolder))
        {
            Missing = static stage => stage.Signs ? null : "nothing is signed here",
        },
    ];

    private static bool Half(Random random) => random.Next(2) == 0;

    private static int Nth(Random random, int most) => 1 + random.Next(most);

    private static MilterMoment AnyPacket(Random random) => new(Half(random), MilterMoment.AnyCommand, Nth(random, Packets));

    // Half of them at a message's end, where it matters most.
    private static SmtpMoment Command(Random random) => new SmtpMoment(false, null, Nth(random, Steps / 2)) with { IsWithheld = Half(random) } is var any && Half(random)
        ? any
        : any with { Verb = SmtpStep.Dot, Nth = Nth(random, Parts) };

    private static SmtpMoment Reply(Random random) => new SmtpMoment(true, null, Nth(random, Steps / 2)) with { IsWithheld = Half(random) } is var any && Half(random)
        ? any
        : any with { Verb = SmtpStep.Dot, Nth = Nth(random, Parts) };

    private static SmtpMoment Step(Random random) => new(null, Half(random) ? null : SmtpStep.Dot, Nth(random, Half(random) ? Parts : Steps)) { IsAfterwards = Half(random) };

    private static SmtpMoment Refusal(Random random, string text) => random.Next(3) switch
    {
        0 => new SmtpMoment(false, SmtpStep.Dot, Nth(random, Parts)) { Refusal = text },
        1 => new SmtpMoment(true, random.GetItems([SmtpStep.Connection, "EHLO", "MAIL", "DATA"], 1)[0], Nth(random, Parts)) { Refusal = text },
        _ => new SmtpMoment(true, "RCPT", Nth(random, 2 * Parts)) { Refusal = text },
    };

    private static string Injection(string what, Random random, int most, bool mayStay = false) =>
        string.Create(CultureInfo.InvariantCulture, $"{what}:when={Nth(random, most)}{(mayStay && Half(random) ? "+" : "")}");

    private static string Error(Random random) => random.GetItems(["EIO", "ENOSPC", "EROFS"], 1)[0];

    private static string? NoTracing(FaultStage stage) => stage.NoTracing;
}
