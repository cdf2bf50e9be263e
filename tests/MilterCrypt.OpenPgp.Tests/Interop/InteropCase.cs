namespace MilterCrypt.OpenPgp.Tests.Interop;

/// <summary>Something that MilterCrypt and a peer do together: a row of a table.</summary>
/// <param name="Table">The table's heading.</param>
/// <param name="Row">The row's.</param>
/// <param name="TryAsync">Tries it; an exception is a failure.</param>
public sealed record InteropCase(string Table, string Row, Func<InteropPair, Task<Outcome>> TryAsync);
