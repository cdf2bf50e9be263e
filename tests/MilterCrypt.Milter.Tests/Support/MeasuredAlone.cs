namespace MilterCrypt.Milter.Tests.Support;

/// <summary>Tests that measure the process's memory: nothing else runs meanwhile.</summary>
[CollectionDefinition(nameof(MeasuredAlone), DisableParallelization = true)]
public sealed class MeasuredAlone;
