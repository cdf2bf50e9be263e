namespace MilterCrypt.Engine.Storage;

/// <summary>What a data base file is opened for.</summary>
internal enum SqliteAccess
{
    /// <summary>To be read; nothing of it is changed.</summary>
    Read,

    /// <summary>To be read and, where this user may, written.</summary>
    Write,

    /// <summary>As <see cref="Write"/>, and to be made where there is none.</summary>
    Make,
}
