namespace MilterCrypt.Engine.Keys;

/// <summary>What storing did to a certificate.</summary>
public enum StoreOutcome
{
    /// <summary>It was not there.</summary>
    Added,

    /// <summary>It was there, and something new came to it.</summary>
    Updated,

    /// <summary>It was there, and nothing in it is new.</summary>
    Unchanged,
}
