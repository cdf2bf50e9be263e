namespace MilterCrypt.Engine.Journal;

/// <summary>A row as it is from now on; null where it is gone.</summary>
internal readonly record struct HandoverChange(HandoverKey Key, HandoverRow? Row);
