namespace MilterCrypt.Fuzz;

/// <summary>Looks at an input. Exceptions that are documented for hostile input are caught in it; whatever else is thrown is
/// a finding.</summary>
/// <returns>What became of the input, in a word or two: one with which something new becomes is worth changing further.</returns>
public delegate string FuzzBody(ReadOnlySpan<byte> input);

/// <summary>Something that reads what others wrote.</summary>
/// <param name="Name">Its name, and that of its folder of inputs.</param>
/// <param name="Body">Reads one input and holds what must always be true of it.</param>
/// <param name="Seeds">Honest inputs to begin with.</param>
public sealed record FuzzTarget(string Name, FuzzBody Body, Func<IEnumerable<byte[]>> Seeds)
{
    /// <summary>Whether inputs are milter frames, so that frames may be moved about as such.</summary>
    public bool IsFramed { get; init; }

    /// <summary>The longest input that is made.</summary>
    public int MaxLength { get; init; } = 4096;

    /// <summary>The most that may be allocated for an input, whatever it is, in bytes.</summary>
    public long FixedCost { get; init; } = 1024 * 1024;

    /// <summary>And for each of its bytes.</summary>
    public int CostEachByte { get; init; } = 200;

    /// <summary>The longest that an input may take. On a busy machine a moment may be long; what takes this long, and again,
    /// hangs or is far from linear.</summary>
    public TimeSpan LongestTime { get; init; } = TimeSpan.FromSeconds(2);

    /// <inheritdoc/>
    public override string ToString() => Name;
}
