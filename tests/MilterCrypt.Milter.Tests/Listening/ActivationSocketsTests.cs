using MilterCrypt.Milter.Listening;

namespace MilterCrypt.Milter.Tests.Listening;

/// <summary>What is made of the variables of sd_listen_fds(3). With real sockets the program's own tests do it.</summary>
public sealed class ActivationSocketsTests
{
    [Fact]
    public void ProgramsThatThisOneStartsHearNothingOfThem()
    {
        string[] variables = ["LISTEN_PID", "LISTEN_FDS", "LISTEN_FDNAMES"];
        foreach (string variable in variables)
            Environment.SetEnvironmentVariable(variable, "1");
        Assert.Empty(ActivationSockets.FromEnvironment().Untaken);
        Assert.All(variables, variable => Assert.Null(Environment.GetEnvironmentVariable(variable)));
    }

    [Fact]
    public void EachNameIsThereOnce() =>
        Assert.Equal(["in", "out"], ActivationSockets.Read("42", "3", "in:out:in", 42).Untaken);

    [Fact]
    public void SocketsWithoutNamesAreCalledUnknown() =>
        Assert.Equal(["unknown"], ActivationSockets.Read("42", "2", null, 42).Untaken);

    [Theory]
    [InlineData(null, null, null, "no sockets were handed over (LISTEN_PID is not set)")]
    [InlineData("42", null, null, "no sockets were handed over (LISTEN_FDS is not set)")]
    [InlineData("41", "1", "milter", "the sockets are for process 41 (LISTEN_PID), and this is 42")]
    [InlineData("x", "1", "milter", "LISTEN_PID is no process, but 'x'")]
    [InlineData("42", "-1", "milter", "LISTEN_FDS is no number of sockets, but '-1'")]
    [InlineData("42", "2000000000", "milter", "LISTEN_FDS is no number of sockets")]
    [InlineData("42", "2", "milter", "LISTEN_FDNAMES has 1 names for 2 sockets")]
    [InlineData("42", "2", "in:out", "no socket of that name was handed over; there are: in, out")]
    public void WhyThereIsNoSuchSocketIsSaid(string? process, string? count, string? names, string reason)
    {
        var refused = Assert.Throws<MilterListenException>(
            () => ActivationSockets.Read(process, count, names, 42).Take(new MilterEndpoint.Systemd("milter")));
        Assert.Contains($"Can't listen on systemd:milter: {reason}", refused.Message, StringComparison.Ordinal);
    }
}
