declare module "*.sh" {
  const text: string;
  // biome-ignore lint: the form in which a bundler hands on text
  export default text;
}
