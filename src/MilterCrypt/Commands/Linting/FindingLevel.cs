namespace MilterCrypt.Commands.Linting;

/// <summary>How bad a finding is.</summary>
internal enum FindingLevel
{
    /// <summary>Good to know.</summary>
    Note,

    /// <summary>It will fail soon, or is weak.</summary>
    Warning,

    /// <summary>Nothing can be encrypted to it, or not for one of its addresses.</summary>
    Error,
}
