namespace MilterCrypt.Engine.Tests;

/// <summary>Tests that look at the whole process's memory: no other runs beside them.</summary>
[CollectionDefinition(nameof(Alone), DisableParallelization = true)]
public sealed class Alone;
