namespace MilterCrypt.Fuzz;

/// <summary>Something that must always hold does not.</summary>
public sealed class FuzzFailureException(string message) : Exception(message)
{
    /// <summary>Throws where it does not hold.</summary>
    public static void Unless(bool holds, string what)
    {
        if (!holds)
            throw new FuzzFailureException(what);
    }
}
