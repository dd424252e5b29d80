export default function Page() {
  return <a href="/fib/70">fib(70)</a>;
}
