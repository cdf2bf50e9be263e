using System.Reflection;
using Microsoft.Extensions.Logging;
using MilterCrypt.Telemetry;

namespace MilterCrypt.Tests.Telemetry;

/// <summary>Each line of the program's log has a number of its own.</summary>
public sealed class EventIdTests
{
    [Fact]
    public void NoTwoLinesHaveTheSameNumber()
    {
        var lines = typeof(DaemonLog).Assembly.GetTypes()
            .SelectMany(type => type.GetMethods(BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly))
            .Select(method => (method.Name, method.GetCustomAttribute<LoggerMessageAttribute>()?.EventId))
            .Where(line => line.EventId is not null)
            .ToList();
        Assert.True(lines.Count > 40, "the lines are not found");
        Assert.Empty(lines.GroupBy(line => line.EventId).Where(same => same.Count() > 1).Select(same => string.Join(", ", same)));
    }
}
