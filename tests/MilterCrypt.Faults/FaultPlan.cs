namespace MilterCrypt.Faults;

/// <summary>What one run does: all of it follows from its seed.</summary>
/// <param name="Seed">The seed.</param>
/// <param name="Kind">What goes wrong first.</param>
/// <param name="Message">What is sent.</param>
/// <param name="Faults">What goes wrong, one behind the other.</param>
/// <param name="StaysDown">Whether a daemon that has ended is started only when the client has tried in vain.</param>
public sealed record FaultPlan(int Seed, FaultKind Kind, FaultMessage Message, IReadOnlyList<Fault> Faults, bool StaysDown)
{
    /// <summary>What a seed says, without a message: kinds take turns, so that each has its share of any row of seeds.</summary>
    public static FaultKind KindOf(int seed) => FaultKind.All[seed % FaultKind.All.Count];

    /// <summary>Whether a seed's run is on a stage that signs; every other row of kinds is.</summary>
    public static bool Signs(int seed) => seed / FaultKind.All.Count % 2 == 1;

    public static FaultPlan Of(int seed)
    {
        // A Random with a seed gives the same numbers on every machine and release (its documentation promises the first alone).
        var random = new Random(seed);
        var kind = KindOf(seed);
        var message = FaultMessage.Make($"run-{seed}-{Guid.NewGuid():N}", random, kind.IsForLarge);
        List<Fault> faults = [kind.Make(random)];
        var seconds = FaultKind.All.Where(second => second.MayBeSecond).ToList();
        for (int more = random.Next(10) switch { < 6 => 0, < 9 => 1, _ => 2 }; kind != FaultKind.All[0] && more > 0; more--)
            faults.Add(seconds[random.Next(seconds.Count)].Make(random));
        return new FaultPlan(seed, kind, message, faults, random.Next(3) == 0);
    }

    public override string ToString() =>
        $"seed {Seed} ({Kind.Name}): {string.Join(", then ", Faults)}; {(Message.IsNamed ? "" : "not ")}named, "
        + $"{Message.Bytes.Length} octets, to {string.Join(' ', Message.Recipients)}";
}
