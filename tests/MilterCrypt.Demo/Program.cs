using System.Runtime.InteropServices;
using MilterCrypt.Demo;

// ^C and kill end the demonstration as its own end does: everything it started is stopped, everything it wrote removed.
using var stop = new CancellationTokenSource();
void Stop(PosixSignalContext signal)
{
    signal.Cancel = true;
    stop.Cancel();
}

using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
try
{
    return await Demonstration.RunAsync(stop.Token);
}
catch (Exception) when (stop.IsCancellationRequested)
{
    // ^C reaches what we run as well; that it then fails is no news.
    Console.Error.WriteLine("stopped");
    return 130;
}
