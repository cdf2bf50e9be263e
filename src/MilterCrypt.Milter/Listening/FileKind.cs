namespace MilterCrypt.Milter.Listening;

/// <summary>What stands at a path, as far as a listener cares.</summary>
internal enum FileKind
{
    Missing,
    Socket,
    Other,
}
